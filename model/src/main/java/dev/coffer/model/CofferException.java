package dev.coffer.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A failure told the way users read it: what could not be done, on what, the kernel's word, the
 * place in the configuration and what to do. Thrown by everything below the tools and the API,
 * printed only there.
 */
public class CofferException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> details;
  private final int exitCode;

  /**
   * @param message the first line without tool and container, for instance {@code Container is not
   *     defined}
   * @param details further lines such as {@code from FILE:LINE KEY} and {@code hint …}
   */
  public CofferException(String message, List<String> details) {
    this(message, details, 1);
  }

  /**
   * @param exitCode what a tool ends with because of this, 0 to 255; 0 where nothing is wrong after
   *     all
   */
  public CofferException(String message, List<String> details, int exitCode) {
    super(message);
    this.details = List.copyOf(details);
    this.exitCode = exitCode;
  }

  public CofferException(String message) {
    this(message, List.of());
  }

  /** All problems of a configuration at once; the first error is the message. */
  public static CofferException of(String message, List<Problem> problems) {
    return new CofferException(
        message,
        problems.stream()
            .filter(Problem::isError)
            .map(Problem::describe)
            .collect(Collectors.toList()));
  }

  /** What a tool ends with because of this. */
  public int exitCode() {
    return exitCode;
  }

  /** Further lines, to be indented below the message. */
  public List<String> details() {
    return details;
  }
}
