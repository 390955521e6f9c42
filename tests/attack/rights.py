"""Who may change something of a group's, by each way in: default deny.

A way in is a button, a link, a command, an answer, or news that Telegram brings. Whoever adds one
says here who may change something by it; what is said nowhere is refused by the tests.
docs/access.md is made from this.
"""

from typing import Final

from bot.handlers.context import Route

#: By whom something of the group's is changed, if at all, and what that means.
MEANING: Final = {
    "nobody": "It shows, asks or leads on: nothing of a group's is changed by it.",
    "anybody": "It concerns whoever does it, and nobody else: that they would be in, are"
    " forgotten, or take back what they said.",
    "whoever sets up": "Who added the bot or is an admin of the chat, until the group agreed;"
    " from then on the facilitator.",
    "facilitator": "Who holds that office now.",
    "office": "Who holds an office now; which of them, the use case says.",
    "member": "A member of that group now. What is one person's, theirs alone.",
    "Telegram": "News of a chat or a poll, which no person can send.",
}
_MAY: Final = {
    "anybody": """
        command:join command:language start:join tap:join tap:join_yes tap:join_no tap:language
        tap:forget_yes tap:join_look tap:pay_back
        """,
    "whoever sets up": """
        command:setup command:settings tap:setup tap:setup_language tap:setup_zone tap:setup_usual
        tap:setup_currency tap:setup_practice tap:setup_day tap:setup_rhythm tap:setup_amount
        tap:setup_start tap:setup_give_up tap:setup_ask_town tap:setup_ask_currency
        tap:setup_ask_amount tap:setup_ask_pay answer:setup_town answer:setup_currency
        answer:setup_amount answer:setup_how_to_pay
        """,
    "facilitator": """
        tap:set_value tap:set_sure tap:set_practice tap:set_language answer:settings_value
        tap:asks_mark tap:asks_new tap:asks_hold tap:asks_kind answer:own_question
        tap:plan tap:plan_step tap:plan_look tap:plan_set tap:plan_hold tap:plan_rest
        answer:plan_step tap:meeting_planners tap:office_yes tap:office_no
        """,
    "office": """
        tap:opening_of tap:opening_say answer:opening_amount tap:opening_page
        tap:list tap:list_tick tap:list_all tap:list_of tap:list_page tap:list_say
        answer:payout_reason answer:split_reason tap:order_paid
        """,
    "member": """
        tap:office tap:office_down tap:office_over tap:office_to tap:office_take tap:office_leave
        tap:leave_yes tap:household tap:household_answer tap:household_part tap:person_in
        tap:person_ask tap:person_known tap:consent tap:consent_new tap:person_wrong
        tap:person_move tap:person_leave_yes answer:member_name
        start:checkin tap:check tap:check_mark tap:check_share tap:check_more tap:check_way
        tap:check_skip tap:check_keep tap:check_show tap:check_on tap:check_change tap:check_remind
        answer:check_in_line words:check_ins tap:journal_choose tap:shared_back tap:shared_again
        tap:value_is tap:value_reason answer:own_value_right answer:own_value_reason
        tap:paid answer:contribution_amount tap:pay_right tap:pay_pledge answer:contribution_pledge
        tap:pay_no_pledge tap:pay_tell tap:witness tap:not_found_why
        answer:dispute_reason answer:reversal_reason tap:list_yes
        tap:meeting_come tap:meeting_here tap:meeting_open tap:meeting_close tap:meeting_reopen
        tap:meeting_alone tap:meeting_record tap:meeting_pass tap:meeting_list tap:meeting_tick
        tap:meeting_spoke tap:agenda_add tap:agenda_off tap:agenda_later answer:agenda_item
        answer:agenda_item_in_group tap:minutes_off answer:minutes tap:rhythm tap:rhythm_sure
        tap:rhythm_hold answer:meeting_day answer:meeting_clock tap:meeting_place
        tap:meeting_no_place answer:meeting_place tap:meeting_round tap:meeting_no_round
        answer:meeting_round tap:meeting_speakers tap:meeting_date tap:meeting_set
        tap:meeting_cancel_yes tap:meeting_revive
        command:poll answer:poll_words tap:poll_group tap:poll_turn tap:poll_ask tap:poll_drop
        tap:vote tap:ballot tap:ballot_on tap:ballot_in tap:ballot_change tap:ballot_why
        answer:vote_reason tap:decision_gone tap:decision_said tap:decision_note
        answer:decision_note command:propose start:propose start:proposal tap:propose_put
        tap:propose_drop tap:propose_again tap:propose_group tap:propose_skip tap:propose_part
        tap:propose_yes_no tap:propose_how tap:propose_by tap:propose_more tap:propose_turn
        tap:propose_seats
        tap:propose_back answer:proposal_part tap:effect tap:effect_kind tap:effect_part
        tap:effect_knob tap:effect_value tap:effect_lock tap:effect_practice tap:effect_office
        tap:effect_stand tap:effect_standing tap:effect_all tap:effect_leave tap:effect_leavers
        tap:effect_admit tap:effect_homes tap:effect_home tap:effect_answer
        answer:proposal_question answer:proposal_value answer:proposal_amount
        command:thanks tap:thanks_out tap:thanks_in
        answer:work_title tap:work_on tap:work_at answer:work_need tap:work_not_needed
        tap:work_call tap:work_off tap:work_come tap:work_bring answer:work_bring tap:work_list
        tap:work_tick tap:work_page tap:work_add tap:work_say tap:work_did tap:work_unit
        answer:work_amount tap:work_gave command:digest tap:digest
        tap:goal_new tap:goal_area tap:goal_measure tap:goal_zero tap:goal_until tap:goal_again
        tap:goal_open tap:goal_keep tap:goal_drop answer:goal_part tap:goal_now tap:goal_step
        tap:goal_fixed answer:goal_now answer:goal_why answer:goal_fix tap:goal_reach tap:goal_tell
        tap:goal_gone tap:goal_up tap:goal_area_is tap:goal_to tap:goal_by_is tap:goal_more
        tap:goal_share answer:goal_words answer:goal_to answer:goal_by answer:goal_step
        tap:goal_asked tap:goal_both tap:goal_alone tap:goal_leave
        command:ask command:offer start:ask start:offer answer:help_words tap:ask_area
        tap:ask_named tap:ask_group tap:ask_again tap:ask_post tap:ask_drop tap:ask_renew
        tap:ask_back tap:help_take tap:help_agree tap:help_hours tap:help_so tap:help_costs
        tap:help_thank answer:help_hours answer:help_thing answer:help_cost tap:peer_wish
        tap:peer_ask tap:peer_says tap:wish_peer tap:wish_group
        """,
    "nobody": """
        start:settings tap:set tap:set_part tap:set_knob command:agreement start:agreement
        tap:agreed_whole tap:agreed tap:agreed_changes tap:agreed_change tap:agreed_file
        command:members command:leave start:leave tap:leave tap:leave_no start:people tap:people
        tap:person tap:person_add tap:person_leave command:start command:checkin
        tap:journal_choices start:shared tap:shared tap:shared_media tap:values tap:values_of
        tap:value tap:value_right start:questions tap:asks command:pay start:pay start:paycode
        tap:pay tap:pay_plan tap:pay_other tap:pay_times tap:pay_code tap:pay_for tap:pay_talk
        tap:not_found command:fund command:passbook start:passbook tap:fund start:book tap:book
        tap:entry tap:book_check tap:mistake tap:passbook tap:passbook_picture start:copy tap:copy
        tap:list_no command:meetings start:meetings start:meeting start:calendar tap:meetings
        tap:meeting tap:meetings_past tap:meetings_file tap:agenda tap:minutes tap:minutes_add
        tap:minutes_see tap:meetings_plan tap:meeting_day tap:meeting_clock tap:meeting_cancel
        command:decisions tap:decisions start:decision tap:decision tap:reasons start:vote
        tap:ballot_peek tap:decision_back tap:decision_look command:work start:work start:workday
        tap:work tap:work_day tap:work_new tap:work_days tap:work_others start:digest
        command:goals start:goals tap:goals_mine tap:goals_past tap:goals_all tap:goal
        tap:goal_line tap:goal_story tap:goal_move tap:goal_why tap:goal_fix tap:goal_let
        tap:goal_change tap:goal_words tap:goal_areas tap:goal_target tap:goal_by tap:goal_house
        tap:goal_ask tap:opening tap:payout tap:payout_from tap:payout_gift tap:payout_move
        tap:income tap:payout_to answer:payout_amount tap:split tap:split_by answer:split_amount
        tap:ask_mine start:takeup tap:help_done tap:help_much tap:help_other tap:help_thing
        tap:help_cost start:plans tap:plans command:hide tap:hide command:mydata command:forget
        tap:forget tap:forget_no command:help command:privacy tap:consents tap:person_unknown
        command:export tap:export
        """,
    "Telegram": """
        update:my_chat_member update:chat_member update:migrated update:members_came
        update:member_left update:chat_created update:title_changed update:service
        update:poll_answer update:poll_news
        """,
}
#: Each way in, and who may change something by it.
RIGHTS: Final = {way: who for who, ways in _MAY.items() for way in ways.split()}
#: What one person said, by the column that names them: nobody else changes it.
PERSONAL: Final = frozenset(
    {"check_ins", "check_in_answers", "reminders_off", "journal_choices", "goal_drafts"}
    | {"ask_drafts", "decision_drafts", "poll_drafts", "votes", "peer_wishes", "goal_values"}
    | {"goal_reasons", "goal_months", "goal_terms", "goal_telling", "meeting_answers"}
    | {"claim_events"}
)


def way_of_route(route: Route) -> str:
    """The way in that a route is."""
    return f"{route.kind}:{route.name}"


def twice() -> list[str]:
    """What is said twice."""
    every = [way for ways in _MAY.values() for way in ways.split()]
    return sorted({way for way in every if every.count(way) > 1})
