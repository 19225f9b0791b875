"""What the services agree on: subjects, streams and the Structs of every message. Imports stdlib and msgspec
only.
"""
