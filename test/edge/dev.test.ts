import { dev } from '../../stacks/environments/dev';
import { describeApplied } from './applied';
import { describeAccount } from './asserted/account';
import { describeHttpGateway } from './asserted/http-gateway';
import { describeRules } from './asserted/rules';
import { describeService } from './asserted/service';
import { describeStore } from './asserted/store';

describeApplied(dev, (applied) => {
  describeStore(applied);
  describeService(applied);
  describeHttpGateway(applied);
  describeAccount(applied);
  describeRules(applied);
});
