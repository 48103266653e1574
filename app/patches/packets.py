"""Socket.IO looks through every message for bytes; we send none, so here it does not.

Brings: 1.4 µs instead of 7 for a clock's tick. Without it: slower, nothing else.
"""

from socketio.packet import Packet

TOUCHES = ("socketio.packet:Packet.data_is_binary(cls, data)",)


def apply() -> None:
    """Say that no message holds bytes."""
    Packet.data_is_binary = classmethod(never_binary)


def never_binary(cls: type[Packet], data: object) -> bool:  # noqa: ARG001 - Socket.IO's signature
    """Whether a message holds bytes: none of ours does."""
    return False
