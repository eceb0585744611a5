"""The app: pages, the live camera, and what a browser may ask for."""
