"""The pages, one module each question; every module registers its routes with ``register(app, ground)``."""
