/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* csmith's header includes it, for functions of floating point that no program of ours calls. */
#pragma once
float fabsf(float value);
double fabs(double value);
float ldexpf(float value, int exponent);
double ldexp(double value, int exponent);
