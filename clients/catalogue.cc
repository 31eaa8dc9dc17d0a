#include "clients/catalogue.h"

#include "clients/etcd/deploy.h"

namespace tribunal {

const std::vector<Database>& databases() {
  static const std::vector<Database> all = {
      etcd(),
  };
  return all;
}

}  // namespace tribunal
