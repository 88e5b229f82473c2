"""A batch of claimed orders: each is saved as soon as something has come of all its jobs, many in one commit."""

from collections import Counter
from collections.abc import Iterable, Sequence

from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from tasks.fulfilling.job import JobResult
from tasks.labelling.desk import Desk
from tasks.labelling.job import LabelJob
from tasks.labelling.save import save, set_back

# Orders saved in one commit; see the same figure of ingest.
A_COMMIT = 20


class Batch:
    """Which orders of a batch are saved, and what they came to: bought, postponed, held and so on."""

    def __init__(self, shop: Shop, owner: str, claimed: Iterable[StoredOrder]) -> None:
        self.shop, self.owner = shop, owner
        self.counts = Counter[str]()
        self._unsaved = {stored.id: stored for stored in claimed}
        self._open = Counter[str]()
        self._results: list[JobResult] = []

    @property
    def unsaved(self) -> list[StoredOrder]:
        """The orders that wait for a job, in the order they were claimed."""
        return list(self._unsaved.values())

    def leave(self, gone: Iterable[StoredOrder], counts: Counter[str]) -> None:
        """These orders were dealt with elsewhere."""
        for stored in gone:
            del self._unsaved[stored.id]
        self.counts += counts

    def expect(self, jobs: Iterable[LabelJob]) -> None:
        """Each of these jobs must come to something before its order is saved."""
        self._open.update(job.stored.id for job in jobs)

    def take(self, results: Sequence[JobResult]) -> None:
        """Saves the orders that waited for no more than these results. One that cannot be saved is set back alone.

        It keeps its step undecided in the ledger, and the next life asks the carrier.
        """
        self._results += results
        self._open.subtract(result.job.stored.id for result in results)
        ready = [stored for stored in self.unsaved if self._open[stored.id] <= 0]
        for start in range(0, len(ready), A_COMMIT):
            self._save_group(ready[start : start + A_COMMIT])

    def set_back(self, stored: StoredOrder, error: Exception) -> None:
        """It is this order's fault: it is tried again later, and the reason is kept where an operator looks."""
        self._unsaved.pop(stored.id, None)
        with self.shop.database.write() as conn:
            desk = Desk(conn, self.shop, self.owner)
            self.counts += set_back(desk, stored, f"{type(error).__name__}: {error}")

    def _save_group(self, group: Sequence[StoredOrder]) -> None:
        try:
            self._save(group)
        except Exception:  # one order of the group is poison
            for stored in group:
                self._save_alone(stored)

    def _save_alone(self, stored: StoredOrder) -> None:
        try:
            self._save([stored])
        except Exception as error:
            self.set_back(stored, error)

    def _save(self, group: Sequence[StoredOrder]) -> None:
        ids = {stored.id for stored in group}
        with self.shop.database.write() as conn:
            mine = [result for result in self._results if result.job.stored.id in ids]
            counts = save(Desk(conn, self.shop, self.owner), group, mine)
        self.counts += counts
        for order_id in ids:
            del self._unsaved[order_id]
