"""What a machine and an account need before `pulumi up` and a rehearsal, and the command that mends each."""
