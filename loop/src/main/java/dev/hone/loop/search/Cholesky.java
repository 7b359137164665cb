package dev.hone.loop.search;

/** The lower triangular factor of a symmetric positive definite matrix. */
final class Cholesky {
  private final double[][] factor;

  /**
   * @throws ArithmeticException when the matrix is not positive definite
   */
  Cholesky(double[][] matrix) {
    int n = matrix.length;
    factor = new double[n][];
    for (int i = 0; i < n; i++) {
      double[] row = new double[i + 1];
      factor[i] = row;
      for (int j = 0; j <= i; j++) {
        double[] other = factor[j];
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= row[k] * other[k];
        }
        if (i == j) {
          if (!(sum > 0)) {
            throw new ArithmeticException("the matrix is not positive definite at row " + i);
          }
          row[j] = Math.sqrt(sum);
        } else {
          row[j] = sum / other[j];
        }
      }
    }
  }

  /** L⁻¹ b. */
  double[] forward(double[] b) {
    double[] x = new double[b.length];
    for (int i = 0; i < b.length; i++) {
      double sum = b[i];
      for (int k = 0; k < i; k++) {
        sum -= factor[i][k] * x[k];
      }
      x[i] = sum / factor[i][i];
    }
    return x;
  }

  /** Log of the determinant of the matrix. */
  double logDeterminant() {
    double sum = 0;
    for (int i = 0; i < factor.length; i++) {
      sum += Math.log(factor[i][i]);
    }
    return 2 * sum;
  }
}
