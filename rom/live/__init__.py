"""The live camera: what a picture shows at once, and the guide through a recording. No number of it is a result."""
