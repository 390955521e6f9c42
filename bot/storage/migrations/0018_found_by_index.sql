-- What is looked for on every tap is found by an index, however much lies there.

CREATE INDEX check_ins_of_a_member ON check_ins (member_id, round_id);
CREATE INDEX goal_partners_of_a_member ON goal_partners (member_id, state);
CREATE INDEX offices_of_a_member ON offices (member_id);
CREATE INDEX offices_of_a_group ON offices (group_id, office);
CREATE INDEX questions_in_a_chat ON questions (chat_id, message_id);
CREATE INDEX help_reports_by_day ON help_reports (confirmed_at) WHERE confirmed_at IS NOT NULL;
CREATE INDEX take_ups_of_a_member ON take_ups (member_id);
CREATE INDEX peer_questions_of_a_member ON peer_questions (member_id, state);
CREATE INDEX poll_posts_in_a_chat ON poll_posts (chat_telegram_id, message_id);
