package dev.hone.loop;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * A time of the week in which changes may, or may not, be tried. Where there are windows that
 * allow, nothing is tried outside of them; a window that denies wins over one that allows.
 *
 * @param kind whether changes may be tried in it
 * @param layer the layer it is for; empty for all
 * @param days the days on which it begins; empty for every day
 * @param from local time of its beginning, {@code 22:00}
 * @param to local time of its end, on the next day when it is not after {@code from}
 * @param zone whose local time, {@code Europe/Madrid}
 * @param why for people
 */
public record ChangeWindow(
    Kind kind,
    String layer,
    List<DayOfWeek> days,
    String from,
    String to,
    String zone,
    String why) {
  /** What a window says. */
  public enum Kind {
    ALLOW,
    DENY
  }

  public ChangeWindow {
    days = List.copyOf(days);
    time("from", from);
    time("to", to);
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "`" + zone + "` is not a time zone; use a name like Europe/Madrid or UTC", e);
    }
  }

  private static LocalTime time(String name, String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "`" + name + "` of a change window is `" + text + "`; use a time like 22:00", e);
    }
  }

  /** Whether it is for a layer. */
  public boolean isFor(String name) {
    return layer.isEmpty() || layer.equals(name);
  }

  /** Whether a time lies in it. */
  public boolean holds(Instant now) {
    ZonedDateTime local = now.atZone(ZoneId.of(zone));
    LocalTime begin = time("from", from);
    LocalTime end = time("to", to);
    LocalTime time = local.toLocalTime();
    if (begin.isBefore(end)) {
      return isDay(local) && !time.isBefore(begin) && time.isBefore(end);
    }
    return (isDay(local) && !time.isBefore(begin))
        || (isDay(local.minusDays(1)) && time.isBefore(end));
  }

  private boolean isDay(ZonedDateTime local) {
    return days.isEmpty() || days.contains(local.getDayOfWeek());
  }
}
