@NullMarked
package dev.hone.layer.jvm;

import org.jspecify.annotations.NullMarked;
