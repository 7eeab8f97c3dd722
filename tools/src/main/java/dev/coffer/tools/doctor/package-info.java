/** What this machine offers to containers: one row per thing, judged from facts alone. */
package dev.coffer.tools.doctor;
