package dev.coffer.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test a running container of its own, as a parameter of type {@link TestContainer} or
 * {@link dev.coffer.Container}. It is made before the test and deleted after it, however that ends;
 * what a killed JVM left is deleted by the next one that makes any. Where this machine cannot run
 * containers the test is aborted and says why.
 *
 * <p>On a class it counts for all its methods, on a method for that one.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ContainedExtension.class)
public @interface Contained {
  /** How long the container of a parameter lives. */
  enum Life {
    /** Each test has one of its own. */
    TEST,
    /** All tests of the class share one. */
    CLASS
  }

  /** What it is made from: {@code busybox}, which is built in, or a template as lxc-create -t. */
  String template() default "busybox";

  /** What the template gets behind its standard arguments. */
  String[] templateArguments() default {};

  /**
   * Lines for its configuration, lxc.container.conf(5). Without a line {@code lxc.net.…} it has no
   * network but loopback.
   */
  String[] config() default {};

  /** How long it lives. */
  Life life() default Life.TEST;
}
