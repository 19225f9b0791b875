"""Conversations as the people read them, and what people say in them."""
