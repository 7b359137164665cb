/** The small web server, client and metrics the processes of the demo share. */
@NullMarked
package dev.hone.demo.http;

import org.jspecify.annotations.NullMarked;
