"""What GPU pools of EKS and of Karpenter share: the operating system, the rules and the inputs of EC2 nodes."""
