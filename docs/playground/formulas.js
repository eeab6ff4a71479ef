// Written by make_formulas.py from the derivations in rlhf_symbolic. Do not edit.
"use strict";
const FORMULAS = {
  2: {
  gap: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, q_1_1, q_1_2, lambda]) => {
    const t0 = phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2;
    const t1 = 1/lambda;
    const t2 = Math.exp(t0*t1);
    const t3 = q_1_1*t2;
    const t4 = phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2;
    const t5 = Math.exp(t1*t4);
    const t6 = q_1_2*t5;
    const t7 = 1/(t3 + t6);
    const t8 = t3*t7;
    const t9 = t6*t7;
    const t10 = Math.exp(t1*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t11 = q_1_1*t10;
    const t12 = Math.exp(t1*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t13 = q_1_2*t12;
    const t14 = 1/(t11 + t13);
    const t15 = t11*t14;
    const t16 = t13*t14;
    return [lambda*(t15*Math.log(t10*t14) + t16*Math.log(t12*t14)) - lambda*(t8*Math.log(t2*t7) + t9*Math.log(t5*t7)) - t0*t15 + t0*t8 - t16*t4 + t4*t9];
  },
  logarithm: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, q_1_1, q_1_2, lambda]) => {
    const t0 = 1/lambda;
    const t1 = -theta_1 + theta_star_1;
    const t2 = -theta_2 + theta_star_2;
    const t3 = phi_1_1_1*t1 + phi_1_1_2*t2;
    const t4 = q_1_1*Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t5 = q_1_2*Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t6 = 1/(t4 + t5);
    const t7 = t4*t6;
    const t8 = phi_1_2_1*t1 + phi_1_2_2*t2;
    const t9 = t5*t6;
    const t10 = -t3*t7 - t8*t9;
    return [lambda*Math.log(t7*Math.exp(t0*(t10 + t3)) + t9*Math.exp(t0*(t10 + t8)))];
  },
  divergence: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, q_1_1, q_1_2, lambda]) => {
    const t0 = 1/lambda;
    const t1 = Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t2 = q_1_1*t1;
    const t3 = Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t4 = q_1_2*t3;
    const t5 = 1/(t2 + t4);
    const t6 = t0*(phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2);
    const t7 = t0*(phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2);
    const t8 = t5*(q_1_1*Math.exp(t6) + q_1_2*Math.exp(t7));
    return [lambda*(t2*t5*Math.log(t1*t8*Math.exp(-t6)) + t4*t5*Math.log(t3*t8*Math.exp(-t7)))];
  },
  gradient: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, q_1_1, q_1_2, lambda]) => {
    const t0 = phi_1_1_1 - phi_1_2_1;
    const t1 = -t0;
    const t2 = -theta_1 + theta_star_1;
    const t3 = phi_1_1_2 - phi_1_2_2;
    const t4 = -t3;
    const t5 = -theta_2 + theta_star_2;
    const t6 = 1/lambda;
    const t7 = q_1_1*Math.exp(t6*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t8 = q_1_2*Math.exp(t6*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t9 = (1/2)*t6*t7*t8/Math.pow(t7 + t8, 2);
    const t10 = t9*(t1*t2 + t4*t5);
    const t11 = t9*(t0*t2 + t3*t5);
    return [t0*t11 + t1*t10, t10*t4 + t11*t3];
  },
  },
  3: {
  gap: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, q_1_1, q_1_2, q_1_3, lambda]) => {
    const t0 = phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2;
    const t1 = 1/lambda;
    const t2 = Math.exp(t0*t1);
    const t3 = q_1_1*t2;
    const t4 = phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2;
    const t5 = Math.exp(t1*t4);
    const t6 = q_1_2*t5;
    const t7 = phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2;
    const t8 = Math.exp(t1*t7);
    const t9 = q_1_3*t8;
    const t10 = 1/(t3 + t6 + t9);
    const t11 = t10*t3;
    const t12 = t10*t6;
    const t13 = t10*t9;
    const t14 = Math.exp(t1*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t15 = q_1_1*t14;
    const t16 = Math.exp(t1*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t17 = q_1_2*t16;
    const t18 = Math.exp(t1*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t19 = q_1_3*t18;
    const t20 = 1/(t15 + t17 + t19);
    const t21 = t15*t20;
    const t22 = t17*t20;
    const t23 = t19*t20;
    return [-lambda*(t11*Math.log(t10*t2) + t12*Math.log(t10*t5) + t13*Math.log(t10*t8)) + lambda*(t21*Math.log(t14*t20) + t22*Math.log(t16*t20) + t23*Math.log(t18*t20)) + t0*t11 - t0*t21 + t12*t4 + t13*t7 - t22*t4 - t23*t7];
  },
  logarithm: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, q_1_1, q_1_2, q_1_3, lambda]) => {
    const t0 = 1/lambda;
    const t1 = -theta_1 + theta_star_1;
    const t2 = -theta_2 + theta_star_2;
    const t3 = q_1_1*Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t4 = q_1_2*Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t5 = q_1_3*Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = 1/(t3 + t4 + t5);
    const t7 = t3*t6;
    const t8 = t4*t6;
    const t9 = t5*t6;
    const t10 = t7*(phi_1_1_1*t1 + phi_1_1_2*t2) + t8*(phi_1_2_1*t1 + phi_1_2_2*t2) + t9*(phi_1_3_1*t1 + phi_1_3_2*t2);
    return [lambda*Math.log(t7*Math.exp(t0*(phi_1_1_1*t1 + phi_1_1_2*t2 - t10)) + t8*Math.exp(t0*(phi_1_2_1*t1 + phi_1_2_2*t2 - t10)) + t9*Math.exp(t0*(phi_1_3_1*t1 + phi_1_3_2*t2 - t10)))];
  },
  divergence: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, q_1_1, q_1_2, q_1_3, lambda]) => {
    const t0 = 1/lambda;
    const t1 = Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t2 = q_1_1*t1;
    const t3 = Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t4 = q_1_2*t3;
    const t5 = Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_3*t5;
    const t7 = 1/(t2 + t4 + t6);
    const t8 = t0*(phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2);
    const t9 = t0*(phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2);
    const t10 = t0*(phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2);
    const t11 = t7*(q_1_1*Math.exp(t8) + q_1_2*Math.exp(t9) + q_1_3*Math.exp(t10));
    return [lambda*(t2*t7*Math.log(t1*t11*Math.exp(-t8)) + t4*t7*Math.log(t11*t3*Math.exp(-t9)) + t6*t7*Math.log(t11*t5*Math.exp(-t10)))];
  },
  gradient: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, q_1_1, q_1_2, q_1_3, lambda]) => {
    const t0 = phi_1_1_1 - phi_1_2_1;
    const t1 = -theta_1 + theta_star_1;
    const t2 = phi_1_1_2 - phi_1_2_2;
    const t3 = -theta_2 + theta_star_2;
    const t4 = 1/lambda;
    const t5 = q_1_1*Math.exp(t4*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t6 = q_1_2*Math.exp(t4*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t7 = q_1_3*Math.exp(t4*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t8 = 1/(t5 + t6 + t7);
    const t9 = t6*t8;
    const t10 = (1/2)*t4;
    const t11 = t10*t9;
    const t12 = t11*(t0*t1 + t2*t3);
    const t13 = -phi_1_3_1;
    const t14 = phi_1_1_1 + t13;
    const t15 = -phi_1_3_2;
    const t16 = phi_1_1_2 + t15;
    const t17 = t7*t8;
    const t18 = t10*t17;
    const t19 = t18*(t1*t14 + t16*t3);
    const t20 = t5*t8;
    const t21 = -t0;
    const t22 = -t2;
    const t23 = t10*t20;
    const t24 = t23*(t1*t21 + t22*t3);
    const t25 = phi_1_2_1 + t13;
    const t26 = phi_1_2_2 + t15;
    const t27 = t18*(t1*t25 + t26*t3);
    const t28 = -t14;
    const t29 = -t16;
    const t30 = t23*(t1*t28 + t29*t3);
    const t31 = -t25;
    const t32 = -t26;
    const t33 = t11*(t1*t31 + t3*t32);
    return [t17*(t28*t30 + t31*t33) + t20*(t0*t12 + t14*t19) + t9*(t21*t24 + t25*t27), t17*(t29*t30 + t32*t33) + t20*(t12*t2 + t16*t19) + t9*(t22*t24 + t26*t27)];
  },
  },
  4: {
  gap: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, q_1_1, q_1_2, q_1_3, q_1_4, lambda]) => {
    const t0 = phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2;
    const t1 = 1/lambda;
    const t2 = Math.exp(t0*t1);
    const t3 = q_1_1*t2;
    const t4 = phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2;
    const t5 = Math.exp(t1*t4);
    const t6 = q_1_2*t5;
    const t7 = phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2;
    const t8 = Math.exp(t1*t7);
    const t9 = q_1_3*t8;
    const t10 = phi_1_4_1*theta_star_1 + phi_1_4_2*theta_star_2;
    const t11 = Math.exp(t1*t10);
    const t12 = q_1_4*t11;
    const t13 = 1/(t12 + t3 + t6 + t9);
    const t14 = t13*t3;
    const t15 = t13*t6;
    const t16 = t13*t9;
    const t17 = t12*t13;
    const t18 = Math.exp(t1*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t19 = q_1_1*t18;
    const t20 = Math.exp(t1*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t21 = q_1_2*t20;
    const t22 = Math.exp(t1*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t23 = q_1_3*t22;
    const t24 = Math.exp(t1*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t25 = q_1_4*t24;
    const t26 = 1/(t19 + t21 + t23 + t25);
    const t27 = t19*t26;
    const t28 = t21*t26;
    const t29 = t23*t26;
    const t30 = t25*t26;
    return [-lambda*(t14*Math.log(t13*t2) + t15*Math.log(t13*t5) + t16*Math.log(t13*t8) + t17*Math.log(t11*t13)) + lambda*(t27*Math.log(t18*t26) + t28*Math.log(t20*t26) + t29*Math.log(t22*t26) + t30*Math.log(t24*t26)) + t0*t14 - t0*t27 + t10*t17 - t10*t30 + t15*t4 + t16*t7 - t28*t4 - t29*t7];
  },
  logarithm: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, q_1_1, q_1_2, q_1_3, q_1_4, lambda]) => {
    const t0 = 1/lambda;
    const t1 = -theta_1 + theta_star_1;
    const t2 = -theta_2 + theta_star_2;
    const t3 = q_1_1*Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t4 = q_1_2*Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t5 = q_1_3*Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_4*Math.exp(t0*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t7 = 1/(t3 + t4 + t5 + t6);
    const t8 = t3*t7;
    const t9 = t4*t7;
    const t10 = t5*t7;
    const t11 = t6*t7;
    const t12 = t10*(phi_1_3_1*t1 + phi_1_3_2*t2) + t11*(phi_1_4_1*t1 + phi_1_4_2*t2) + t8*(phi_1_1_1*t1 + phi_1_1_2*t2) + t9*(phi_1_2_1*t1 + phi_1_2_2*t2);
    return [lambda*Math.log(t10*Math.exp(t0*(phi_1_3_1*t1 + phi_1_3_2*t2 - t12)) + t11*Math.exp(t0*(phi_1_4_1*t1 + phi_1_4_2*t2 - t12)) + t8*Math.exp(t0*(phi_1_1_1*t1 + phi_1_1_2*t2 - t12)) + t9*Math.exp(t0*(phi_1_2_1*t1 + phi_1_2_2*t2 - t12)))];
  },
  divergence: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, q_1_1, q_1_2, q_1_3, q_1_4, lambda]) => {
    const t0 = 1/lambda;
    const t1 = Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t2 = q_1_1*t1;
    const t3 = Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t4 = q_1_2*t3;
    const t5 = Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_3*t5;
    const t7 = Math.exp(t0*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t8 = q_1_4*t7;
    const t9 = 1/(t2 + t4 + t6 + t8);
    const t10 = t0*(phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2);
    const t11 = t0*(phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2);
    const t12 = t0*(phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2);
    const t13 = t0*(phi_1_4_1*theta_star_1 + phi_1_4_2*theta_star_2);
    const t14 = t9*(q_1_1*Math.exp(t10) + q_1_2*Math.exp(t11) + q_1_3*Math.exp(t12) + q_1_4*Math.exp(t13));
    return [lambda*(t2*t9*Math.log(t1*t14*Math.exp(-t10)) + t4*t9*Math.log(t14*t3*Math.exp(-t11)) + t6*t9*Math.log(t14*t5*Math.exp(-t12)) + t8*t9*Math.log(t14*t7*Math.exp(-t13)))];
  },
  gradient: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, q_1_1, q_1_2, q_1_3, q_1_4, lambda]) => {
    const t0 = phi_1_1_1 - phi_1_2_1;
    const t1 = -theta_1 + theta_star_1;
    const t2 = phi_1_1_2 - phi_1_2_2;
    const t3 = -theta_2 + theta_star_2;
    const t4 = 1/lambda;
    const t5 = q_1_1*Math.exp(t4*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t6 = q_1_2*Math.exp(t4*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t7 = q_1_3*Math.exp(t4*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t8 = q_1_4*Math.exp(t4*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t9 = 1/(t5 + t6 + t7 + t8);
    const t10 = t6*t9;
    const t11 = (1/2)*t4;
    const t12 = t10*t11;
    const t13 = t12*(t0*t1 + t2*t3);
    const t14 = -phi_1_3_1;
    const t15 = phi_1_1_1 + t14;
    const t16 = -phi_1_3_2;
    const t17 = phi_1_1_2 + t16;
    const t18 = t7*t9;
    const t19 = t11*t18;
    const t20 = t19*(t1*t15 + t17*t3);
    const t21 = -phi_1_4_1;
    const t22 = phi_1_1_1 + t21;
    const t23 = -phi_1_4_2;
    const t24 = phi_1_1_2 + t23;
    const t25 = t8*t9;
    const t26 = t11*t25;
    const t27 = t26*(t1*t22 + t24*t3);
    const t28 = t5*t9;
    const t29 = -t0;
    const t30 = -t2;
    const t31 = t11*t28;
    const t32 = t31*(t1*t29 + t3*t30);
    const t33 = phi_1_2_1 + t14;
    const t34 = phi_1_2_2 + t16;
    const t35 = t19*(t1*t33 + t3*t34);
    const t36 = phi_1_2_1 + t21;
    const t37 = phi_1_2_2 + t23;
    const t38 = t26*(t1*t36 + t3*t37);
    const t39 = -t15;
    const t40 = -t17;
    const t41 = t31*(t1*t39 + t3*t40);
    const t42 = -t33;
    const t43 = -t34;
    const t44 = t12*(t1*t42 + t3*t43);
    const t45 = phi_1_3_1 + t21;
    const t46 = phi_1_3_2 + t23;
    const t47 = t26*(t1*t45 + t3*t46);
    const t48 = -t22;
    const t49 = -t24;
    const t50 = t31*(t1*t48 + t3*t49);
    const t51 = -t36;
    const t52 = -t37;
    const t53 = t12*(t1*t51 + t3*t52);
    const t54 = -t45;
    const t55 = -t46;
    const t56 = t19*(t1*t54 + t3*t55);
    return [t10*(t29*t32 + t33*t35 + t36*t38) + t18*(t39*t41 + t42*t44 + t45*t47) + t25*(t48*t50 + t51*t53 + t54*t56) + t28*(t0*t13 + t15*t20 + t22*t27), t10*(t30*t32 + t34*t35 + t37*t38) + t18*(t40*t41 + t43*t44 + t46*t47) + t25*(t49*t50 + t52*t53 + t55*t56) + t28*(t13*t2 + t17*t20 + t24*t27)];
  },
  },
  5: {
  gap: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, lambda]) => {
    const t0 = phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2;
    const t1 = 1/lambda;
    const t2 = Math.exp(t0*t1);
    const t3 = q_1_1*t2;
    const t4 = phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2;
    const t5 = Math.exp(t1*t4);
    const t6 = q_1_2*t5;
    const t7 = phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2;
    const t8 = Math.exp(t1*t7);
    const t9 = q_1_3*t8;
    const t10 = phi_1_4_1*theta_star_1 + phi_1_4_2*theta_star_2;
    const t11 = Math.exp(t1*t10);
    const t12 = q_1_4*t11;
    const t13 = phi_1_5_1*theta_star_1 + phi_1_5_2*theta_star_2;
    const t14 = Math.exp(t1*t13);
    const t15 = q_1_5*t14;
    const t16 = 1/(t12 + t15 + t3 + t6 + t9);
    const t17 = t16*t3;
    const t18 = t16*t6;
    const t19 = t16*t9;
    const t20 = t12*t16;
    const t21 = t15*t16;
    const t22 = Math.exp(t1*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t23 = q_1_1*t22;
    const t24 = Math.exp(t1*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t25 = q_1_2*t24;
    const t26 = Math.exp(t1*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t27 = q_1_3*t26;
    const t28 = Math.exp(t1*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t29 = q_1_4*t28;
    const t30 = Math.exp(t1*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t31 = q_1_5*t30;
    const t32 = 1/(t23 + t25 + t27 + t29 + t31);
    const t33 = t23*t32;
    const t34 = t25*t32;
    const t35 = t27*t32;
    const t36 = t29*t32;
    const t37 = t31*t32;
    return [-lambda*(t17*Math.log(t16*t2) + t18*Math.log(t16*t5) + t19*Math.log(t16*t8) + t20*Math.log(t11*t16) + t21*Math.log(t14*t16)) + lambda*(t33*Math.log(t22*t32) + t34*Math.log(t24*t32) + t35*Math.log(t26*t32) + t36*Math.log(t28*t32) + t37*Math.log(t30*t32)) + t0*t17 - t0*t33 + t10*t20 - t10*t36 + t13*t21 - t13*t37 + t18*t4 + t19*t7 - t34*t4 - t35*t7];
  },
  logarithm: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, lambda]) => {
    const t0 = 1/lambda;
    const t1 = -theta_1 + theta_star_1;
    const t2 = -theta_2 + theta_star_2;
    const t3 = q_1_1*Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t4 = q_1_2*Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t5 = q_1_3*Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_4*Math.exp(t0*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t7 = q_1_5*Math.exp(t0*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t8 = 1/(t3 + t4 + t5 + t6 + t7);
    const t9 = t3*t8;
    const t10 = t4*t8;
    const t11 = t5*t8;
    const t12 = t6*t8;
    const t13 = t7*t8;
    const t14 = t10*(phi_1_2_1*t1 + phi_1_2_2*t2) + t11*(phi_1_3_1*t1 + phi_1_3_2*t2) + t12*(phi_1_4_1*t1 + phi_1_4_2*t2) + t13*(phi_1_5_1*t1 + phi_1_5_2*t2) + t9*(phi_1_1_1*t1 + phi_1_1_2*t2);
    return [lambda*Math.log(t10*Math.exp(t0*(phi_1_2_1*t1 + phi_1_2_2*t2 - t14)) + t11*Math.exp(t0*(phi_1_3_1*t1 + phi_1_3_2*t2 - t14)) + t12*Math.exp(t0*(phi_1_4_1*t1 + phi_1_4_2*t2 - t14)) + t13*Math.exp(t0*(phi_1_5_1*t1 + phi_1_5_2*t2 - t14)) + t9*Math.exp(t0*(phi_1_1_1*t1 + phi_1_1_2*t2 - t14)))];
  },
  divergence: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, lambda]) => {
    const t0 = 1/lambda;
    const t1 = Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t2 = q_1_1*t1;
    const t3 = Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t4 = q_1_2*t3;
    const t5 = Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_3*t5;
    const t7 = Math.exp(t0*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t8 = q_1_4*t7;
    const t9 = Math.exp(t0*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t10 = q_1_5*t9;
    const t11 = 1/(t10 + t2 + t4 + t6 + t8);
    const t12 = t0*(phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2);
    const t13 = t0*(phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2);
    const t14 = t0*(phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2);
    const t15 = t0*(phi_1_4_1*theta_star_1 + phi_1_4_2*theta_star_2);
    const t16 = t0*(phi_1_5_1*theta_star_1 + phi_1_5_2*theta_star_2);
    const t17 = t11*(q_1_1*Math.exp(t12) + q_1_2*Math.exp(t13) + q_1_3*Math.exp(t14) + q_1_4*Math.exp(t15) + q_1_5*Math.exp(t16));
    return [lambda*(t10*t11*Math.log(t17*t9*Math.exp(-t16)) + t11*t2*Math.log(t1*t17*Math.exp(-t12)) + t11*t4*Math.log(t17*t3*Math.exp(-t13)) + t11*t6*Math.log(t17*t5*Math.exp(-t14)) + t11*t8*Math.log(t17*t7*Math.exp(-t15)))];
  },
  gradient: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, lambda]) => {
    const t0 = phi_1_1_1 - phi_1_2_1;
    const t1 = -theta_1 + theta_star_1;
    const t2 = phi_1_1_2 - phi_1_2_2;
    const t3 = -theta_2 + theta_star_2;
    const t4 = 1/lambda;
    const t5 = q_1_1*Math.exp(t4*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t6 = q_1_2*Math.exp(t4*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t7 = q_1_3*Math.exp(t4*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t8 = q_1_4*Math.exp(t4*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t9 = q_1_5*Math.exp(t4*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t10 = 1/(t5 + t6 + t7 + t8 + t9);
    const t11 = t10*t6;
    const t12 = (1/2)*t4;
    const t13 = t11*t12;
    const t14 = t13*(t0*t1 + t2*t3);
    const t15 = -phi_1_3_1;
    const t16 = phi_1_1_1 + t15;
    const t17 = -phi_1_3_2;
    const t18 = phi_1_1_2 + t17;
    const t19 = t10*t7;
    const t20 = t12*t19;
    const t21 = t20*(t1*t16 + t18*t3);
    const t22 = -phi_1_4_1;
    const t23 = phi_1_1_1 + t22;
    const t24 = -phi_1_4_2;
    const t25 = phi_1_1_2 + t24;
    const t26 = t10*t8;
    const t27 = t12*t26;
    const t28 = t27*(t1*t23 + t25*t3);
    const t29 = -phi_1_5_1;
    const t30 = phi_1_1_1 + t29;
    const t31 = -phi_1_5_2;
    const t32 = phi_1_1_2 + t31;
    const t33 = t10*t9;
    const t34 = t12*t33;
    const t35 = t34*(t1*t30 + t3*t32);
    const t36 = t10*t5;
    const t37 = -t0;
    const t38 = -t2;
    const t39 = t12*t36;
    const t40 = t39*(t1*t37 + t3*t38);
    const t41 = phi_1_2_1 + t15;
    const t42 = phi_1_2_2 + t17;
    const t43 = t20*(t1*t41 + t3*t42);
    const t44 = phi_1_2_1 + t22;
    const t45 = phi_1_2_2 + t24;
    const t46 = t27*(t1*t44 + t3*t45);
    const t47 = phi_1_2_1 + t29;
    const t48 = phi_1_2_2 + t31;
    const t49 = t34*(t1*t47 + t3*t48);
    const t50 = -t16;
    const t51 = -t18;
    const t52 = t39*(t1*t50 + t3*t51);
    const t53 = -t41;
    const t54 = -t42;
    const t55 = t13*(t1*t53 + t3*t54);
    const t56 = phi_1_3_1 + t22;
    const t57 = phi_1_3_2 + t24;
    const t58 = t27*(t1*t56 + t3*t57);
    const t59 = phi_1_3_1 + t29;
    const t60 = phi_1_3_2 + t31;
    const t61 = t34*(t1*t59 + t3*t60);
    const t62 = -t23;
    const t63 = -t25;
    const t64 = t39*(t1*t62 + t3*t63);
    const t65 = -t44;
    const t66 = -t45;
    const t67 = t13*(t1*t65 + t3*t66);
    const t68 = -t56;
    const t69 = -t57;
    const t70 = t20*(t1*t68 + t3*t69);
    const t71 = phi_1_4_1 + t29;
    const t72 = phi_1_4_2 + t31;
    const t73 = t34*(t1*t71 + t3*t72);
    const t74 = -t30;
    const t75 = -t32;
    const t76 = t39*(t1*t74 + t3*t75);
    const t77 = -t47;
    const t78 = -t48;
    const t79 = t13*(t1*t77 + t3*t78);
    const t80 = -t59;
    const t81 = -t60;
    const t82 = t20*(t1*t80 + t3*t81);
    const t83 = -t71;
    const t84 = -t72;
    const t85 = t27*(t1*t83 + t3*t84);
    return [t11*(t37*t40 + t41*t43 + t44*t46 + t47*t49) + t19*(t50*t52 + t53*t55 + t56*t58 + t59*t61) + t26*(t62*t64 + t65*t67 + t68*t70 + t71*t73) + t33*(t74*t76 + t77*t79 + t80*t82 + t83*t85) + t36*(t0*t14 + t16*t21 + t23*t28 + t30*t35), t11*(t38*t40 + t42*t43 + t45*t46 + t48*t49) + t19*(t51*t52 + t54*t55 + t57*t58 + t60*t61) + t26*(t63*t64 + t66*t67 + t69*t70 + t72*t73) + t33*(t75*t76 + t78*t79 + t81*t82 + t84*t85) + t36*(t14*t2 + t18*t21 + t25*t28 + t32*t35)];
  },
  },
  6: {
  gap: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, phi_1_6_1, phi_1_6_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, q_1_6, lambda]) => {
    const t0 = phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2;
    const t1 = 1/lambda;
    const t2 = Math.exp(t0*t1);
    const t3 = q_1_1*t2;
    const t4 = phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2;
    const t5 = Math.exp(t1*t4);
    const t6 = q_1_2*t5;
    const t7 = phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2;
    const t8 = Math.exp(t1*t7);
    const t9 = q_1_3*t8;
    const t10 = phi_1_4_1*theta_star_1 + phi_1_4_2*theta_star_2;
    const t11 = Math.exp(t1*t10);
    const t12 = q_1_4*t11;
    const t13 = phi_1_5_1*theta_star_1 + phi_1_5_2*theta_star_2;
    const t14 = Math.exp(t1*t13);
    const t15 = q_1_5*t14;
    const t16 = phi_1_6_1*theta_star_1 + phi_1_6_2*theta_star_2;
    const t17 = Math.exp(t1*t16);
    const t18 = q_1_6*t17;
    const t19 = 1/(t12 + t15 + t18 + t3 + t6 + t9);
    const t20 = t19*t3;
    const t21 = t19*t6;
    const t22 = t19*t9;
    const t23 = t12*t19;
    const t24 = t15*t19;
    const t25 = t18*t19;
    const t26 = Math.exp(t1*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t27 = q_1_1*t26;
    const t28 = Math.exp(t1*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t29 = q_1_2*t28;
    const t30 = Math.exp(t1*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t31 = q_1_3*t30;
    const t32 = Math.exp(t1*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t33 = q_1_4*t32;
    const t34 = Math.exp(t1*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t35 = q_1_5*t34;
    const t36 = Math.exp(t1*(phi_1_6_1*theta_1 + phi_1_6_2*theta_2));
    const t37 = q_1_6*t36;
    const t38 = 1/(t27 + t29 + t31 + t33 + t35 + t37);
    const t39 = t27*t38;
    const t40 = t29*t38;
    const t41 = t31*t38;
    const t42 = t33*t38;
    const t43 = t35*t38;
    const t44 = t37*t38;
    return [-lambda*(t20*Math.log(t19*t2) + t21*Math.log(t19*t5) + t22*Math.log(t19*t8) + t23*Math.log(t11*t19) + t24*Math.log(t14*t19) + t25*Math.log(t17*t19)) + lambda*(t39*Math.log(t26*t38) + t40*Math.log(t28*t38) + t41*Math.log(t30*t38) + t42*Math.log(t32*t38) + t43*Math.log(t34*t38) + t44*Math.log(t36*t38)) + t0*t20 - t0*t39 + t10*t23 - t10*t42 + t13*t24 - t13*t43 + t16*t25 - t16*t44 + t21*t4 + t22*t7 - t4*t40 - t41*t7];
  },
  logarithm: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, phi_1_6_1, phi_1_6_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, q_1_6, lambda]) => {
    const t0 = 1/lambda;
    const t1 = -theta_1 + theta_star_1;
    const t2 = -theta_2 + theta_star_2;
    const t3 = q_1_1*Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t4 = q_1_2*Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t5 = q_1_3*Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_4*Math.exp(t0*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t7 = q_1_5*Math.exp(t0*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t8 = q_1_6*Math.exp(t0*(phi_1_6_1*theta_1 + phi_1_6_2*theta_2));
    const t9 = 1/(t3 + t4 + t5 + t6 + t7 + t8);
    const t10 = t3*t9;
    const t11 = t4*t9;
    const t12 = t5*t9;
    const t13 = t6*t9;
    const t14 = t7*t9;
    const t15 = t8*t9;
    const t16 = t10*(phi_1_1_1*t1 + phi_1_1_2*t2) + t11*(phi_1_2_1*t1 + phi_1_2_2*t2) + t12*(phi_1_3_1*t1 + phi_1_3_2*t2) + t13*(phi_1_4_1*t1 + phi_1_4_2*t2) + t14*(phi_1_5_1*t1 + phi_1_5_2*t2) + t15*(phi_1_6_1*t1 + phi_1_6_2*t2);
    return [lambda*Math.log(t10*Math.exp(t0*(phi_1_1_1*t1 + phi_1_1_2*t2 - t16)) + t11*Math.exp(t0*(phi_1_2_1*t1 + phi_1_2_2*t2 - t16)) + t12*Math.exp(t0*(phi_1_3_1*t1 + phi_1_3_2*t2 - t16)) + t13*Math.exp(t0*(phi_1_4_1*t1 + phi_1_4_2*t2 - t16)) + t14*Math.exp(t0*(phi_1_5_1*t1 + phi_1_5_2*t2 - t16)) + t15*Math.exp(t0*(phi_1_6_1*t1 + phi_1_6_2*t2 - t16)))];
  },
  divergence: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, phi_1_6_1, phi_1_6_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, q_1_6, lambda]) => {
    const t0 = 1/lambda;
    const t1 = Math.exp(t0*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t2 = q_1_1*t1;
    const t3 = Math.exp(t0*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t4 = q_1_2*t3;
    const t5 = Math.exp(t0*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t6 = q_1_3*t5;
    const t7 = Math.exp(t0*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t8 = q_1_4*t7;
    const t9 = Math.exp(t0*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t10 = q_1_5*t9;
    const t11 = Math.exp(t0*(phi_1_6_1*theta_1 + phi_1_6_2*theta_2));
    const t12 = q_1_6*t11;
    const t13 = 1/(t10 + t12 + t2 + t4 + t6 + t8);
    const t14 = t0*(phi_1_1_1*theta_star_1 + phi_1_1_2*theta_star_2);
    const t15 = t0*(phi_1_2_1*theta_star_1 + phi_1_2_2*theta_star_2);
    const t16 = t0*(phi_1_3_1*theta_star_1 + phi_1_3_2*theta_star_2);
    const t17 = t0*(phi_1_4_1*theta_star_1 + phi_1_4_2*theta_star_2);
    const t18 = t0*(phi_1_5_1*theta_star_1 + phi_1_5_2*theta_star_2);
    const t19 = t0*(phi_1_6_1*theta_star_1 + phi_1_6_2*theta_star_2);
    const t20 = t13*(q_1_1*Math.exp(t14) + q_1_2*Math.exp(t15) + q_1_3*Math.exp(t16) + q_1_4*Math.exp(t17) + q_1_5*Math.exp(t18) + q_1_6*Math.exp(t19));
    return [lambda*(t10*t13*Math.log(t20*t9*Math.exp(-t18)) + t12*t13*Math.log(t11*t20*Math.exp(-t19)) + t13*t2*Math.log(t1*t20*Math.exp(-t14)) + t13*t4*Math.log(t20*t3*Math.exp(-t15)) + t13*t6*Math.log(t20*t5*Math.exp(-t16)) + t13*t8*Math.log(t20*t7*Math.exp(-t17)))];
  },
  gradient: ([theta_1, theta_2, theta_star_1, theta_star_2, phi_1_1_1, phi_1_1_2, phi_1_2_1, phi_1_2_2, phi_1_3_1, phi_1_3_2, phi_1_4_1, phi_1_4_2, phi_1_5_1, phi_1_5_2, phi_1_6_1, phi_1_6_2, q_1_1, q_1_2, q_1_3, q_1_4, q_1_5, q_1_6, lambda]) => {
    const t0 = phi_1_1_1 - phi_1_2_1;
    const t1 = -theta_1 + theta_star_1;
    const t2 = phi_1_1_2 - phi_1_2_2;
    const t3 = -theta_2 + theta_star_2;
    const t4 = 1/lambda;
    const t5 = q_1_1*Math.exp(t4*(phi_1_1_1*theta_1 + phi_1_1_2*theta_2));
    const t6 = q_1_2*Math.exp(t4*(phi_1_2_1*theta_1 + phi_1_2_2*theta_2));
    const t7 = q_1_3*Math.exp(t4*(phi_1_3_1*theta_1 + phi_1_3_2*theta_2));
    const t8 = q_1_4*Math.exp(t4*(phi_1_4_1*theta_1 + phi_1_4_2*theta_2));
    const t9 = q_1_5*Math.exp(t4*(phi_1_5_1*theta_1 + phi_1_5_2*theta_2));
    const t10 = q_1_6*Math.exp(t4*(phi_1_6_1*theta_1 + phi_1_6_2*theta_2));
    const t11 = 1/(t10 + t5 + t6 + t7 + t8 + t9);
    const t12 = t11*t6;
    const t13 = (1/2)*t4;
    const t14 = t12*t13;
    const t15 = t14*(t0*t1 + t2*t3);
    const t16 = -phi_1_3_1;
    const t17 = phi_1_1_1 + t16;
    const t18 = -phi_1_3_2;
    const t19 = phi_1_1_2 + t18;
    const t20 = t11*t7;
    const t21 = t13*t20;
    const t22 = t21*(t1*t17 + t19*t3);
    const t23 = -phi_1_4_1;
    const t24 = phi_1_1_1 + t23;
    const t25 = -phi_1_4_2;
    const t26 = phi_1_1_2 + t25;
    const t27 = t11*t8;
    const t28 = t13*t27;
    const t29 = t28*(t1*t24 + t26*t3);
    const t30 = -phi_1_5_1;
    const t31 = phi_1_1_1 + t30;
    const t32 = -phi_1_5_2;
    const t33 = phi_1_1_2 + t32;
    const t34 = t11*t9;
    const t35 = t13*t34;
    const t36 = t35*(t1*t31 + t3*t33);
    const t37 = -phi_1_6_1;
    const t38 = phi_1_1_1 + t37;
    const t39 = -phi_1_6_2;
    const t40 = phi_1_1_2 + t39;
    const t41 = t10*t11;
    const t42 = t13*t41;
    const t43 = t42*(t1*t38 + t3*t40);
    const t44 = t11*t5;
    const t45 = -t0;
    const t46 = -t2;
    const t47 = t13*t44;
    const t48 = t47*(t1*t45 + t3*t46);
    const t49 = phi_1_2_1 + t16;
    const t50 = phi_1_2_2 + t18;
    const t51 = t21*(t1*t49 + t3*t50);
    const t52 = phi_1_2_1 + t23;
    const t53 = phi_1_2_2 + t25;
    const t54 = t28*(t1*t52 + t3*t53);
    const t55 = phi_1_2_1 + t30;
    const t56 = phi_1_2_2 + t32;
    const t57 = t35*(t1*t55 + t3*t56);
    const t58 = phi_1_2_1 + t37;
    const t59 = phi_1_2_2 + t39;
    const t60 = t42*(t1*t58 + t3*t59);
    const t61 = -t17;
    const t62 = -t19;
    const t63 = t47*(t1*t61 + t3*t62);
    const t64 = -t49;
    const t65 = -t50;
    const t66 = t14*(t1*t64 + t3*t65);
    const t67 = phi_1_3_1 + t23;
    const t68 = phi_1_3_2 + t25;
    const t69 = t28*(t1*t67 + t3*t68);
    const t70 = phi_1_3_1 + t30;
    const t71 = phi_1_3_2 + t32;
    const t72 = t35*(t1*t70 + t3*t71);
    const t73 = phi_1_3_1 + t37;
    const t74 = phi_1_3_2 + t39;
    const t75 = t42*(t1*t73 + t3*t74);
    const t76 = -t24;
    const t77 = -t26;
    const t78 = t47*(t1*t76 + t3*t77);
    const t79 = -t52;
    const t80 = -t53;
    const t81 = t14*(t1*t79 + t3*t80);
    const t82 = -t67;
    const t83 = -t68;
    const t84 = t21*(t1*t82 + t3*t83);
    const t85 = phi_1_4_1 + t30;
    const t86 = phi_1_4_2 + t32;
    const t87 = t35*(t1*t85 + t3*t86);
    const t88 = phi_1_4_1 + t37;
    const t89 = phi_1_4_2 + t39;
    const t90 = t42*(t1*t88 + t3*t89);
    const t91 = -t31;
    const t92 = -t33;
    const t93 = t47*(t1*t91 + t3*t92);
    const t94 = -t55;
    const t95 = -t56;
    const t96 = t14*(t1*t94 + t3*t95);
    const t97 = -t70;
    const t98 = -t71;
    const t99 = t21*(t1*t97 + t3*t98);
    const t100 = -t85;
    const t101 = -t86;
    const t102 = t28*(t1*t100 + t101*t3);
    const t103 = phi_1_5_1 + t37;
    const t104 = phi_1_5_2 + t39;
    const t105 = t42*(t1*t103 + t104*t3);
    const t106 = -t38;
    const t107 = -t40;
    const t108 = t47*(t1*t106 + t107*t3);
    const t109 = -t58;
    const t110 = -t59;
    const t111 = t14*(t1*t109 + t110*t3);
    const t112 = -t73;
    const t113 = -t74;
    const t114 = t21*(t1*t112 + t113*t3);
    const t115 = -t88;
    const t116 = -t89;
    const t117 = t28*(t1*t115 + t116*t3);
    const t118 = -t103;
    const t119 = -t104;
    const t120 = t35*(t1*t118 + t119*t3);
    return [t12*(t45*t48 + t49*t51 + t52*t54 + t55*t57 + t58*t60) + t20*(t61*t63 + t64*t66 + t67*t69 + t70*t72 + t73*t75) + t27*(t76*t78 + t79*t81 + t82*t84 + t85*t87 + t88*t90) + t34*(t100*t102 + t103*t105 + t91*t93 + t94*t96 + t97*t99) + t41*(t106*t108 + t109*t111 + t112*t114 + t115*t117 + t118*t120) + t44*(t0*t15 + t17*t22 + t24*t29 + t31*t36 + t38*t43), t12*(t46*t48 + t50*t51 + t53*t54 + t56*t57 + t59*t60) + t20*(t62*t63 + t65*t66 + t68*t69 + t71*t72 + t74*t75) + t27*(t77*t78 + t80*t81 + t83*t84 + t86*t87 + t89*t90) + t34*(t101*t102 + t104*t105 + t92*t93 + t95*t96 + t98*t99) + t41*(t107*t108 + t110*t111 + t113*t114 + t116*t117 + t119*t120) + t44*(t15*t2 + t19*t22 + t26*t29 + t33*t36 + t40*t43)];
  },
  },
  exponent: (lambda, B, rho) => {
    return 2*B*rho/lambda;
  },
  range: (B, rho) => {
    return 2*B*rho;
  },
  domination: (C, aligned) => {
    return C*aligned;
  },
  dominationByNorm: (C, rho, slope) => {
    return C*rho*slope;
  },
  logForm: (lambda, C, aligned) => {
    return lambda*Math.log(C*aligned/lambda + 1);
  },
  below: (M, aligned) => {
    return aligned/Math.pow((1/2)*M + 2, 2);
  },
  psi: (M) => {
    return ((M == 0) ? (
   1/2
)
: (
   (-M + Math.exp(M) - 1)/Math.pow(M, 2)
));
  },
};
const PROBLEM = { reward: [1.0, 0.5], bound: 1, features: [
  [[1.0, 0.0], [-1.0, 0.0], [0.19, -0.32], [-0.64, -0.68], [0.44, 0.58], [0.15, 0.32]],
  [[0.6, 0.8], [-0.6, -0.8], [0.06, 0.61], [0.44, -0.7], [0.5, -0.65], [0.32, -0.45]],
  [[0.0, 1.0], [0.0, -1.0], [0.51, 0.06], [-0.28, -0.11], [-0.66, -0.53], [0.24, 0.21]],
  [[-0.28, 0.96], [0.28, -0.96], [0.16, -0.16], [0.7, 0.67], [0.26, 0.21], [0.26, -0.16]],
  [[0.96, 0.28], [-0.96, -0.28], [-0.51, 0.31], [0.04, -0.27], [-0.02, 0.55], [0.61, -0.2]],
  [[-0.6, 0.8], [0.6, -0.8], [0.1, -0.25], [0.13, -0.23], [-0.15, 0.55], [-0.38, 0.17]],
  [[0.28, 0.96], [-0.28, -0.96], [-0.58, 0.47], [0.4, -0.36], [0.53, -0.62], [-0.23, -0.49]],
  [[0.8, -0.6], [-0.8, 0.6], [-0.07, 0.41], [-0.38, -0.63], [-0.13, -0.42], [-0.57, 0.11]],
] };
