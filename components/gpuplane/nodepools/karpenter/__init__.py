"""GPU node pools of Karpenter on EKS: arguments, what they decide, and the component that creates them."""
