/** Scraping: what is read from whom and how often, and how it becomes series. */
@org.jspecify.annotations.NullMarked
package dev.hone.metrics.scrape;
