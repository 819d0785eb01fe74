"""The portfolio compiled into arrays: the engine room."""
