"""Parts that tests plug into a crawl: a resolver that knows no name, and a pipeline that raises."""

from __future__ import annotations

import sys
import time
from typing import Any

from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface.declarations import implementer


class NoNames:
    """For TWISTED_DNS_RESOLVER: no name has an address, and nobody is asked for one."""

    @classmethod
    def from_crawler(cls, _crawler: Any, reactor: Any) -> NoNames:
        return cls(reactor)

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(_Resolver())


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise DNSLookupError(self.name)


@implementer(IHostnameResolver)
class _Resolver:
    def resolveHostName(self, receiver: IResolutionReceiver, hostName: str, *_: Any, **__: Any) -> IHostResolution:
        print("asked for an address:", hostName, file=sys.stderr)
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)
        receiver.resolutionComplete()
        return resolution


class HangingNames(NoNames):
    """A resolver whose threads hang, as the system's do behind a dead name server."""

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(_HangingResolver(self.reactor))


@implementer(IHostnameResolver)
class _HangingResolver:
    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor

    def resolveHostName(self, receiver: IResolutionReceiver, hostName: str, *_: Any, **__: Any) -> IHostResolution:
        print("asked for an address:", hostName, file=sys.stderr, flush=True)
        self.reactor.callInThread(time.sleep, 40)
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)
        return resolution


class FailsOnce:
    """For ITEM_PIPELINES: a defect that shows with the third article."""

    def __init__(self) -> None:
        self.seen = 0

    def process_item(self, item: Any) -> Any:
        self.seen += 1
        if self.seen == 3:
            raise KeyError("a defect")
        return item
