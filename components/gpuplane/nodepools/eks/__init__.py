"""GPU node groups of EKS: arguments, what they decide, and the component that creates it."""
