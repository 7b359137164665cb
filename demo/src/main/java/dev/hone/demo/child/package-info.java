/** How the processes of the demo are started, announce themselves and end. */
@NullMarked
package dev.hone.demo.child;

import org.jspecify.annotations.NullMarked;
