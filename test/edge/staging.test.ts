import { staging } from '../../stacks/environments/staging';
import { describeRules } from './asserted/rules';
import { describePlanned } from './planned';

// It differs from production by what its file says (test/synth/stacks): planned, and not applied as well.
describePlanned(staging, describeRules);
