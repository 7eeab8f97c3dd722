package dev.coffer.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test that needs the virtual machine with SELinux ({@code ./dev guest --selinux}) and is not run
 * elsewhere.
 */
@Tag("selinux")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface SelinuxGuest {}
