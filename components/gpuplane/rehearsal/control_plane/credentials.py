"""The credential commands of the clouds' kubeconfigs, answered for the rehearsal's control plane."""

import json
import os
import sys
from pathlib import Path

CREDENTIAL_VARIABLE = "GPUPLANE_REHEARSAL_CREDENTIAL"


def credential(certificate: str, key: str) -> str:
    """Return what an exec plugin prints to authenticate with a client certificate.

    Source: https://kubernetes.io/docs/reference/config-api/client-authentication.v1beta1/

    Args:
        certificate: The certificate, PEM.
        key: Its key, PEM.
    """
    status = {"clientCertificateData": certificate, "clientKeyData": key}
    return json.dumps(
        {"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": status}
    )


def main() -> None:
    """Answer as `gke-gcloud-auth-plugin` or `aws eks get-token`, whichever is called."""
    command, *arguments = sys.argv[1:]
    if command == "aws" and arguments[:2] != ["eks", "get-token"]:
        sys.exit(f"aws: only `eks get-token` is answered in a rehearsal, got {' '.join(arguments)!r}")
    sys.stdout.write(Path(os.environ[CREDENTIAL_VARIABLE]).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
