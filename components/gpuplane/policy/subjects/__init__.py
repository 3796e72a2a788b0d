"""The resources that rules check, and questions that several rules ask about them."""
