package io.github.weftdata.shuffle;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * FlatJson reads a JSON object as hclog writes one line of a log: strings, numbers, true, false and
 * null. What lies deeper is kept as its text. Anything else is no such line.
 */
final class FlatJson {
  private final String text;
  private int at;

  private FlatJson(String text) {
    this.text = text;
  }

  /** Returns the object's values by name in their order, or null where the text is no object. */
  static Map<String, String> parse(String text) {
    try {
      return new FlatJson(text.trim()).object();
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      return null;
    }
  }

  private Map<String, String> object() {
    Map<String, String> values = new LinkedHashMap<>();
    expect('{');
    while (peek() != '}') {
      String name = string();
      expect(':');
      values.put(name, peek() == '"' ? string() : raw());
      if (peek() == ',') {
        at++;
      }
    }
    expect('}');
    if (at != text.length()) {
      throw new IllegalArgumentException("text after the object");
    }
    return values;
  }

  private char peek() {
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw new IllegalArgumentException("want " + c);
    }
    at++;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
      out.append(c == '\\' ? escape(text.charAt(at++)) : c);
    }
    return out.toString();
  }

  private char escape(char c) {
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'u':
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
      default:
        return c;
    }
  }

  /** A number or a word, or an array or object as it stands. */
  private String raw() {
    int start = at;
    int depth = 0;
    for (char c = text.charAt(at); depth > 0 || c != ',' && c != '}'; c = text.charAt(at)) {
      if (c == '"') {
        string();
        continue;
      }
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      at++;
    }
    return text.substring(start, at).trim();
  }
}
