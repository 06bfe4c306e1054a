"""For authors of connectors: the contract suite of each port, and an other side that answers well or badly over a real socket."""

from inspector.testing.contracts import (
    AgencyContract,
    CallbackContract,
    ChannelContract,
    CreditContract,
    PortContract,
    PulseContract,
    SeedContract,
    SourceContract,
    Way,
    WitnessContract,
    caught,
)
from inspector.testing.faults import Fault
from inspector.testing.http import OverHttp
from inspector.testing.peer import Body
from inspector.testing.pushes import PushesOverHttp, Say
from inspector.testing.samples import CODE, ENTRY, LETTER, MESSAGE, NOTICE, PRIVATE, PURPOSE, QUESTION, TYPED

__all__ = [
    "CODE",
    "ENTRY",
    "LETTER",
    "MESSAGE",
    "NOTICE",
    "PRIVATE",
    "PURPOSE",
    "QUESTION",
    "TYPED",
    "AgencyContract",
    "Body",
    "CallbackContract",
    "ChannelContract",
    "CreditContract",
    "Fault",
    "OverHttp",
    "PortContract",
    "PulseContract",
    "PushesOverHttp",
    "Say",
    "SeedContract",
    "SourceContract",
    "Way",
    "WitnessContract",
    "caught",
]
