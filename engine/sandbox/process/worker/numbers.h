/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Numbers of the protocol that the worker's assembly needs too; protocol.hpp checks them against the structures. */
#pragma once

#define PVM_CONTROL_ADDRESS 0x100010000
#define PVM_CODE_ADDRESS 0x100020000
#define PVM_STACK_TOP 0x100013000
#define PVM_JUMP_TABLE_ADDRESS 0x1000000000
#define PVM_HALT_SLOT 0x7fff80000 /* Within the jump table. */
#define PVM_ORDER_RUN 0x81
#define PVM_ORDER_BIT 0x80
#define PVM_REPORT_READY 1
#define PVM_REPORT_LEFT 2
#define PVM_SLEEP_BIT 0x80000000

/* Offsets in Control. */
#define PVM_GAS 104
#define PVM_CODE 112
#define PVM_TURN 116
#define PVM_SPINS 128
#define PVM_HOST_CPU 132
#define PVM_WORKER_CPU 192

/* The segment whose limit tells the processor that runs this (and, in bits 12 and up, its node): the kernel's own way of getcpu. */
#define PVM_CPU_SEGMENT 0x7b
