"""The REST API at ``/api/v1``: a clinic's own system pushes recordings and pulls results, with a token.

Its description is ``/api/v1/openapi.json``. Every answer is about people whom the token's account may see
(`rom.web.who`), and nothing here is done that the pages do not do with the same functions.
"""

from rom.web.api.app import PREFIX, build_api

__all__ = ["PREFIX", "build_api"]
