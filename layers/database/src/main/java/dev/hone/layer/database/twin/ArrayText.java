package dev.hone.layer.database.twin;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text that PostgreSQL writes of an array of one dimension (arrayfuncs.c, array_out). */
final class ArrayText {
  private ArrayText() {}

  /** The elements, without quotes; NULL is left out. No text has none. */
  static List<String> elements(@Nullable String text) {
    var elements = new ArrayList<String>();
    if (text == null || text.length() <= 2 || text.charAt(0) != '{') {
      return elements;
    }
    var element = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        element.append(text.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
        wasQuoted = true;
      } else if (!quoted && (c == ',' || c == '}')) {
        if (wasQuoted || !element.toString().equals("NULL")) {
          elements.add(element.toString());
        }
        element.setLength(0);
        wasQuoted = false;
      } else {
        element.append(c);
      }
    }
    return elements;
  }
}
