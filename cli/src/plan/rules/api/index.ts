import type { Rule } from '../rule';
import { policyRecord } from './policy-record';

export const API_RULES: readonly Rule[] = [policyRecord];
