"""A python-telegram-bot echo that stores nothing: one process's floor for this library."""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    del context
    await update.message.reply_text(update.message.text)


def main() -> None:
    concurrent = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    builder = Application.builder().token("7:bench").base_url(f"{sys.argv[1]}/bot")
    application = builder.concurrent_updates(concurrent or False).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


main()
