"""A WebSocket ends with the sign-in by which it was opened."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The sign-in is over, in WebSocket's own words: the policy is not kept (RFC 6455, 7.4.1).
NOT_ANY_MORE = 1008


async def closing(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, over: Callable[[], Awaitable[None]] | None
) -> None:
    """Serve a WebSocket; once `over` comes back, it is closed and the app hears that the browser went."""
    if over is None:
        await app(scope, receive, send)
        return
    end = asyncio.ensure_future(over())
    closed = False

    async def receive_or_end() -> Message:
        nonlocal closed
        message = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({message, end}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            message.cancel()
            raise
        if not end.done():
            return await message
        message.cancel()
        if not closed:
            closed = True
            await send({"type": "websocket.close", "code": NOT_ANY_MORE, "reason": "Signed out."})
        return {"type": "websocket.disconnect", "code": NOT_ANY_MORE}

    async def send_until_end(message: Message) -> None:
        if not end.done():
            await send(message)

    try:
        await app(scope, receive_or_end, send_until_end)
    finally:
        end.cancel()
