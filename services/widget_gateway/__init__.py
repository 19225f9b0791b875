"""The visitor's edge: widget files, the WebSocket `frontdesk.v1`, visitor tokens and limits."""
