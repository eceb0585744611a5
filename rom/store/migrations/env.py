"""What Alembic runs to bring a database up to date: in the connection, and the transaction, that it is given."""

from alembic import context

from rom.store.tables import Base


def run() -> None:
    """Run the revisions that are asked for."""
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic loads this file; anybody else only reads it
    run()
