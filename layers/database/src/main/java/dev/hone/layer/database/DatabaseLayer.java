package dev.hone.layer.database;

/** The database layer: how a PostgreSQL database is measured, diagnosed and changed. */
public final class DatabaseLayer {
  static final String NAME = "database";

  private DatabaseLayer() {}
}
