"""Create the tables of the shop."""

from app import database, models

if __name__ == "__main__":
    models.Base.metadata.create_all(database.engine)
    print(f"Tables created in {database.DATABASE_URL}")
