package dev.hone.layer.database.view;

/**
 * A number of a database with the query it comes from.
 *
 * @param value NaN when there is none
 * @param query of the store; may hold {@code $window}
 * @param note what it is to be compared with; empty where there is nothing
 */
public record Figure(
    String id, String title, double value, String unit, String query, String note) {}
