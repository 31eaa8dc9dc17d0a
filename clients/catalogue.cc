#include "clients/catalogue.h"

#include "clients/etcd/deploy.h"
#include "clients/mariadb/deploy.h"
#include "clients/nats/deploy.h"
#include "clients/postgresql/deploy.h"
#include "clients/quorum/deploy.h"
#include "clients/redis/deploy.h"
#include "clients/zookeeper/deploy.h"

namespace tribunal {

const std::vector<Database>& databases() {
  static const std::vector<Database> all = {
      etcd(), mariadb(), nats(), postgresql(), quorum(), redis(), zookeeper(),
  };
  return all;
}

}  // namespace tribunal
