"""Pure arithmetic: does it fit, at rest and at peak?"""
