"""How far recurring work has come: the orders pulled per channel, whose turn it is, the slots that are taken."""

from sqlalchemy import Connection, delete, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one
from connectors.database.tables import channel_cursor, schedule_run


def cursor(conn: Connection, channel: str) -> int | None:
    """Up to when the channel's orders have been pulled, in epoch milliseconds; None before the first pull."""
    return conn.scalar(select(channel_cursor.c.position).where(channel_cursor.c.channel == channel))


def move_cursor(conn: Connection, channel: str, ms: int) -> None:
    """Moves the channel's cursor on; a time before it is ignored."""
    if not insert_one(conn, channel_cursor, {"channel": channel, "position": ms}):
        behind = (channel_cursor.c.channel == channel, channel_cursor.c.position < ms)
        conn.execute(update(channel_cursor).where(*behind).values(position=ms))


def take_turn(conn: Connection, name: str, every_seconds: float) -> bool:
    """Takes the turn of something that is done once in so long; False before it is due again, whoever did it last."""
    now = now_ms(conn)
    due_at = now + round(every_seconds * 1000)
    if insert_one(conn, channel_cursor, {"channel": name, "position": due_at}):
        return True
    due = (channel_cursor.c.channel == name, channel_cursor.c.position <= now)
    return conn.execute(update(channel_cursor).where(*due).values(position=due_at)).rowcount == 1


def turn_in(conn: Connection, name: str, wait_seconds: float) -> None:
    """Makes a turn that came to nothing due again after the wait, instead of after its whole time."""
    due_at = now_ms(conn) + round(wait_seconds * 1000)
    conn.execute(update(channel_cursor).where(channel_cursor.c.channel == name).values(position=due_at))


def is_taken(conn: Connection, name: str, slot: str) -> bool:
    """Whether somebody has taken the slot."""
    same = (schedule_run.c.name == name) & (schedule_run.c.slot == slot)
    return conn.scalar(select(schedule_run.c.taken_at).where(same)) is not None


def take_slot(conn: Connection, name: str, slot: str) -> bool:
    """Takes one slot of a schedule ("weekly-report", "2024-W03"); False where it was taken before: do not run."""
    return insert_one(conn, schedule_run, {"name": name, "slot": slot, "taken_at": now_ms(conn)})


def free_slot(conn: Connection, name: str, slot: str) -> None:
    """Gives a slot back whose run certainly did nothing."""
    conn.execute(delete(schedule_run).where(schedule_run.c.name == name, schedule_run.c.slot == slot))
