"""Hypothesis state machines: any steps, in any order, beside a model that is obviously right."""
