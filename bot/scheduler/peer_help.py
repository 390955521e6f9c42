"""When asks are posted, asked about and run out, and when the next who has been there is asked.

All of it however late, but the question of the day before: dropped once the ask has run out.
"""

from bot.practices import peer_help, peers
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    peer_help.POSTS: peer_help.post_when_due,
    peer_help.ENDS_SOON: peer_help.ask_when_due,
    peer_help.RUNS_OUT: peer_help.run_out_when_due,
    peers.ASKS: peers.ask_when_due,
    peers.PASSES: peers.pass_when_due,
    peers.NOBODY: peers.nobody_when_due,
}
