import static javax.xml.stream.XMLStreamConstants.END_ELEMENT;
import static javax.xml.stream.XMLStreamConstants.START_ELEMENT;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Sums the JUnit reports of a folder: names what failed and why something was skipped, and ends
 * with one line, {@code N passed, N failed, N skipped}. The exit status is 1 when a test failed or
 * none ran.
 */
final class TestReport {
  private static final int MOST_LINES = 12;

  private int passed;
  private final List<String> failed = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    var report = new TestReport();
    try (var files = Files.list(Path.of(args[0]))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
        report.read(file);
      }
    }
    report.skipped.forEach(s -> System.out.println("skipped  " + s));
    report.failed.forEach(s -> System.out.println("FAILED   " + s));
    System.out.printf(
        "%d passed, %d failed, %d skipped%n",
        report.passed, report.failed.size(), report.skipped.size());
    System.exit(report.failed.isEmpty() && report.passed > 0 ? 0 : 1);
  }

  private void read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      var xml = XMLInputFactory.newInstance().createXMLStreamReader(in);
      String test = null;
      List<String> into = null;
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "testcase" -> {
              test =
                  simpleName(xml.getAttributeValue(null, "classname"))
                      + ": "
                      + xml.getAttributeValue(null, "name");
              into = null;
            }
            case "failure", "error", "skipped" -> {
              boolean skip = xml.getLocalName().equals("skipped");
              into = skip ? skipped : failed;
              into.add(test + ": " + reason(xml, skip ? 1 : MOST_LINES));
            }
            default -> {}
          }
        } else if (event == END_ELEMENT && xml.getLocalName().equals("testcase") && into == null) {
          passed++;
        }
      }
    }
  }

  /** The message, or what is thrown: its first lines, without the name of the exception. */
  private static String reason(XMLStreamReader xml, int lines) throws XMLStreamException {
    String message = xml.getAttributeValue(null, "message");
    String text = message != null && !message.isBlank() ? message : xml.getElementText();
    return text.strip()
        .lines()
        .limit(lines)
        .collect(Collectors.joining("\n         "))
        .replaceFirst("^[\\w.]+(Exception|Error): ", "")
        .replaceFirst("^Assumption failed: ", "");
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
